mod describe_instances;
