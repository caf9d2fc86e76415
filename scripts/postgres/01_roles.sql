-- Run once, when PostgreSQL starts with an empty volume: two databases, a role for each, and one that only looks.
-- The passwords are files in /run/secrets, or in the folder that INKFIELD_SECRETS names.
\set ON_ERROR_STOP on
\set secrets /run/secrets
\getenv secrets INKFIELD_SECRETS
\set inkfield_password `cat :'secrets'/inkfield_password`
\set prefect_password `cat :'secrets'/prefect_password`
\set analyst_password `cat :'secrets'/analyst_password`

CREATE ROLE inkfield LOGIN PASSWORD :'inkfield_password';
CREATE ROLE prefect LOGIN PASSWORD :'prefect_password';
-- inkfield lets this role SELECT from the view of each form, and from nothing else (schemas/database/analysts.py).
CREATE ROLE inkfield_analyst NOLOGIN;
CREATE ROLE analyst LOGIN PASSWORD :'analyst_password' IN ROLE inkfield_analyst;
-- No question of theirs may hold up the reading.
ALTER ROLE analyst CONNECTION LIMIT 20;
ALTER ROLE analyst SET statement_timeout = '5min';
ALTER ROLE analyst SET idle_in_transaction_session_timeout = '5min';
ALTER ROLE analyst SET default_transaction_read_only = on;

CREATE DATABASE inkfield OWNER inkfield;
CREATE DATABASE prefect OWNER prefect;
REVOKE ALL ON DATABASE inkfield, prefect FROM PUBLIC;
GRANT CONNECT ON DATABASE inkfield TO inkfield_analyst;

\connect inkfield
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO inkfield_analyst;
