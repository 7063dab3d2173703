mod properties;
mod render;
mod request;
