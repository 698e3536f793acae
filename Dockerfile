# One image, three commands: web (the default), worker, migrate.
#   docker build -t voting .
#   docker run --env-file voting.env voting migrate
#   docker run --env-file voting.env -p 8000:8000 voting
#   docker run --env-file voting.env voting worker
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
WORKDIR /app

COPY requirements.lock ./
RUN pip install --require-hashes --no-deps -r requirements.lock

COPY pyproject.toml README.md wsgi.py ./
COPY migrations migrations
COPY templates templates
COPY voting voting
RUN pip install --no-deps --editable . \
 && useradd --system --create-home --home-dir /var/lib/voting voting

USER voting
ENV VOTING_DATA_DIR=/var/lib/voting VOTING_LISTEN=0.0.0.0:8000
VOLUME /var/lib/voting
EXPOSE 8000
ENTRYPOINT ["voting"]
CMD ["web"]
