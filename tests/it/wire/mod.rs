mod connections;
mod gateway;
mod nonces;
mod patience;
mod properties;
mod render;
mod request;
mod signature;
