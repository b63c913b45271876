"""The embedded default: PostgreSQL, Valkey and a process supervisor for one machine."""
