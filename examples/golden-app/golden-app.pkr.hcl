# Any Packer from 1.6 builds this: `null` and `shell-local` are built in. `ingot build` gives the ingot_* variables and
# publishes what the provisioner writes down in ingot-manifest.json, since a null builder has no artifact of its own.

variable "ingot_output_dir" {
  type        = string
  description = "Where the image goes."
}

variable "ingot_parent_identifier" {
  type        = string
  description = "Digest of the image to build on."
}

variable "ingot_parent_location" {
  type        = string
  description = "Where its OCI layout lies."
}

variable "release" {
  type        = string
  description = "Goes into the image, so that every release differs."
  default     = "1"
}

source "null" "golden-app" {
  communicator = "none"
}

build {
  sources = ["source.null.golden-app"]

  provisioner "shell-local" {
    environment_vars = [
      "INGOT_OUTPUT_DIR=${var.ingot_output_dir}",
      "INGOT_COMPONENTS=null.golden-app",
      "INGOT_VAR_release=${var.release}",
      "INGOT_PARENT_IDENTIFIER=${var.ingot_parent_identifier}",
      "INGOT_PARENT_LOCATION=${var.ingot_parent_location}",
    ]
    inline = ["cd '${path.root}' && node ../oci-layout/build-image.mjs"]
  }

  post-processor "manifest" {
    output = "${var.ingot_output_dir}/packer-manifest.json"
  }
}
