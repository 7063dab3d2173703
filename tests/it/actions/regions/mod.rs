mod describe_available_resource;
mod describe_regions;
mod describe_zones;
