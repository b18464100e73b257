# The program is linked to nothing but the C library. The compiler's image has the C compiler that zstd needs.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src

# The dependencies alone: this layer is made again only when they change.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src \
    && touch src/lib.rs \
    && echo 'fn main() {}' > src/main.rs \
    && cargo build --release --locked \
    && cargo clean --release --locked --package civicspace

# Migrations, seeds and examples become part of the program, and so do all features: exports as Parquet are one.
COPY migrations migrations
COPY openapi openapi
COPY seeds seeds
COPY src src
RUN cargo build --release --locked


FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="civicspace" \
      org.opencontainers.image.description="An open API of civic-space incidents, articles and entities" \
      org.opencontainers.image.licenses="Apache-2.0"

RUN groupadd --gid 10001 civicspace \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /nonexistent \
       --shell /usr/sbin/nologin civicspace \
    && install --directory --owner=civicspace --group=civicspace /var/lib/civicspace/snapshots

COPY --from=build /src/target/release/civicspace /usr/local/bin/civicspace

USER 10001:10001
ENV CIVICSPACE_BIND=0.0.0.0:8080 \
    CIVICSPACE_SNAPSHOT_DIR=/var/lib/civicspace/snapshots
EXPOSE 8080

# Healthy while /readyz answers 200. Debian's bash can open the connection itself, so the image needs no HTTP client.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["bash", "-c", "exec 3<>\"/dev/tcp/127.0.0.1/${CIVICSPACE_BIND##*:}\" && printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

ENTRYPOINT ["civicspace"]
CMD ["serve"]
