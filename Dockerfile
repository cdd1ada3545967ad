# The image of pprotect itself: docker run --rm -v "$PWD:/work" IMAGE list-domains
# `bun run release linux-x64` makes what is copied. For an image of an application, see
# packaging/docker/application.Dockerfile.

# The workflow of a release says which one by its digest.
ARG BASE=debian:trixie-slim

FROM ${BASE}
ARG PROGRAM=dist/linux-x64/pprotect
COPY --chmod=755 ${PROGRAM} /usr/local/bin/pprotect
RUN ln -s pprotect /usr/local/bin/pocket_protector
# No user of any host: give --user to write into a mounted folder.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["pprotect"]
CMD ["--help"]
