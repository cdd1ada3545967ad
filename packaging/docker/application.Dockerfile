# The pattern for an application: one file is copied in, and the application takes pprotect's
# place when it starts. Credentials come at run time: docker run --env-file … APPLICATION

FROM ghcr.io/pprotect/pprotect:latest AS pprotect

FROM debian:trixie-slim
COPY --from=pprotect /usr/local/bin/pprotect /usr/local/bin/pprotect
WORKDIR /app
COPY protected.yaml app ./
USER 65532:65532
ENTRYPOINT ["pprotect", "exec", "--domain", "prod", "--"]
CMD ["./app"]
