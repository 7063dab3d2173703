mod connections;
mod gateway;
mod nonces;
mod properties;
mod render;
mod request;
mod signature;
