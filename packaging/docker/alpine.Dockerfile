# The image of pprotect on Alpine, as /Dockerfile is on Debian. An image of an application on Alpine
# takes the program from here.

# The workflow of a release says which one by its digest.
ARG BASE=alpine:3

FROM ${BASE}
RUN apk add --no-cache libstdc++ libgcc
ARG PROGRAM=dist/linux-x64-musl/pprotect
COPY --chmod=755 ${PROGRAM} /usr/local/bin/pprotect
RUN ln -s pprotect /usr/local/bin/pocket_protector
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["pprotect"]
CMD ["--help"]
