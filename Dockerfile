FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock askama.toml ./
COPY .cargo .cargo
COPY benches benches
COPY migrations migrations
COPY src src
COPY tests/it tests/it
COPY examples examples
RUN cargo build --locked --release

FROM debian:bookworm-slim
# Numbers, since orchestrators that want no root cannot tell it from a name.
RUN groupadd --system --gid 999 ecs-mock \
    && useradd --system --uid 999 --gid 999 ecs-mock \
    && install --directory --owner 999 --group 999 --mode 700 /data
COPY --from=build /build/target/release/ecs-mock /usr/local/bin/ecs-mock
COPY seed /seed
USER 999:999
# SQLite needs a folder for temporary files, also where the root file system is read-only.
ENV TMPDIR=/data
ENV ECS_MOCK_LISTEN=0.0.0.0:4590 ECS_MOCK_DATABASE=/data/ecs-mock.db ECS_MOCK_SEED=/seed
EXPOSE 4590
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["ecs-mock", "healthcheck"]
ENTRYPOINT ["ecs-mock"]
