-- Nothing ever asked for the token whose digest this held: whoever may use the collector's directory may use its commands.
DROP TABLE admin_token;
