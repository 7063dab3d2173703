mod join_resource_group;
