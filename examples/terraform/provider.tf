terraform {
  required_providers {
    alicloud = {
      source  = "aliyun/alicloud"
      version = "~> 1.289"
    }
  }
}

provider "alicloud" {
  region     = var.region
  access_key = var.access_key
  secret_key = var.secret_key
  protocol   = "HTTP"

  # Without it, the provider asks a public host of billing what kind of account this is.
  account_type = "Domestic"
  # Without it, only regions that the provider knows are accepted.
  skip_region_validation = true

  endpoints {
    ecs = var.endpoint
  }
}
