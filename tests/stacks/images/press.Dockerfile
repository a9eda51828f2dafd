FROM python:3.13-slim AS base
RUN mkdir /pages && chown 1000 /pages

FROM base AS web
VOLUME /pages
USER 1000
