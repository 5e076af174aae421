variable "images" {
  type        = map(string)
  description = "Identifiers of images, by the names of the machines."
  default     = {}
}
