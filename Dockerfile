# An image of pprotect itself: docker run --rm -v "$PWD:/work" IMAGE list-domains
# `bun run release linux-x64 linux-arm64` makes what is copied. For an image of an application,
# see packaging/docker/application.Dockerfile.

FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS choice
ARG TARGETARCH
COPY dist/linux-x64/pprotect /amd64/pprotect
COPY dist/linux-arm64/pprotect /arm64/pprotect
RUN install -D -m 755 "/$TARGETARCH/pprotect" /choice/pprotect

FROM debian:bookworm-slim
COPY --from=choice /choice/pprotect /usr/local/bin/pprotect
RUN ln -s pprotect /usr/local/bin/pocket_protector
# No user of any host: give --user to write into a mounted folder.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["pprotect"]
CMD ["--help"]
