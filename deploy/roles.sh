#!/bin/sh
# Run once by the image of PostgreSQL, on an empty volume: the two roles without special rights, and the database of the
# first. Who owns the tables migrates them; who serves owns nothing.
set -eu

quoted() { sed "s/'/''/g" "/run/secrets/$1"; }

psql --set ON_ERROR_STOP=1 --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres <<SQL
CREATE ROLE portaal_owner LOGIN PASSWORD '$(quoted owner_password)';
CREATE ROLE portaal LOGIN PASSWORD '$(quoted portal_password)';
CREATE DATABASE portaal OWNER portaal_owner;
REVOKE ALL ON DATABASE portaal FROM PUBLIC;
GRANT CONNECT ON DATABASE portaal TO portaal;
SQL
