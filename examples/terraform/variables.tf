variable "endpoint" {
  description = "Host and port of the server, without a scheme: the provider puts its own before it."
  type        = string
  default     = "127.0.0.1:4590"
}

variable "access_key" {
  description = "The access key, which selects the sandbox."
  type        = string
  default     = "testid"
}

variable "secret_key" {
  type      = string
  default   = "testsecret"
  sensitive = true
}

variable "region" {
  type    = string
  default = "cn-hangzhou"
}

variable "instance_id" {
  description = "An instance that is there: one of the seed, or one of your own state document."
  type        = string
  default     = "i-23shopdb1"
}

variable "system_disk_id" {
  description = "The system disk that the image is made of; an image of a data disk alone is refused."
  type        = string
  default     = "d-23shopweb1"
}

variable "release" {
  description = "Goes into names and tags. Another one is an update of everything."
  type        = string
  default     = "one"
}

variable "disk_size" {
  description = "In GiB. It can grow, and must before a higher performance level asks for more."
  type        = number
  default     = 60
}

variable "performance_level" {
  description = "Of an ESSD. PL2 begins at 461 GiB."
  type        = string
  default     = "PL1"
}

variable "retention_days" {
  description = "After how many days the snapshot is removed by itself."
  type        = number
  default     = 20
}

variable "copy_regions" {
  description = "Regions that the policy's snapshots are copied to; none switches copying off."
  type        = list(string)
  default     = []
}
