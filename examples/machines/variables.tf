variable "ingot_url" {
  type        = string
  description = "Where Ingot is, such as https://ingot.example:8443. Every run gets it as TF_VAR_ingot_url."
}

# Runs that Ingot queues by itself know these two by their defaults only. Where yours have other names, set them as
# variables of the workspace.
variable "ingot_organization" {
  type        = string
  description = "Name of the organization that the image belongs to."
  default     = "ingot"
}

variable "ingot_project" {
  type        = string
  description = "Name of its project."
  default     = "default"
}

variable "machines" {
  type        = number
  description = "How many machines to run."
  default     = 2
}

variable "size" {
  type        = string
  description = "The kind of each machine."
  default     = "small"
}
