# The site's image: web server, worker and scheduler run from the same one.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements/base.lock /tmp/base.lock
RUN /venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/base.lock
WORKDIR /app
COPY . .
# The settings must load to find the static files; nobody answers at these addresses.
RUN SECRET_KEY=build LOG_SIGNING_KEY=build ALLOWED_HOSTS=localhost STATIC_ROOT=/app/staticfiles \
    DATABASE_URL=postgresql://jcm_app@localhost/jcm REDIS_URL=redis://localhost/0 \
    /venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin jcm \
    && install -d -o jcm -g jcm /data/media /data/transparency
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER jcm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 JCM_MODE=production \
    STATIC_ROOT=/app/staticfiles MEDIA_ROOT=/data/media
VOLUME /data/media
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "jcm.wsgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--workers-kill-timeout", "10", "--no-ws"]
