-- The two roles of the database: the owner makes and changes tables, the application reads and writes rows.
-- Run once by the postgres image, as its superuser, when the volume is empty.
\getenv owner_password JCM_OWNER_PASSWORD
\getenv app_password JCM_APP_PASSWORD
CREATE ROLE jcm_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE jcm_app LOGIN PASSWORD :'app_password';
CREATE DATABASE jcm OWNER jcm_owner;
REVOKE ALL ON DATABASE jcm FROM PUBLIC;
GRANT CONNECT ON DATABASE jcm TO jcm_app;
