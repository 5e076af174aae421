# Any Packer from 1.6 builds this: `null` and `shell-local` are built in. `ingot build` gives the ingot_* variables and
# publishes what the provisioner writes down in ingot-manifest.json, since a null builder has no artifact of its own.

variable "ingot_output_dir" {
  type        = string
  description = "Where the image goes."
}

variable "release" {
  type        = string
  description = "Goes into the image, so that every release differs."
  default     = "1"
}

source "null" "golden-base" {
  communicator = "none"
}

build {
  sources = ["source.null.golden-base"]

  provisioner "shell-local" {
    environment_vars = [
      "INGOT_OUTPUT_DIR=${var.ingot_output_dir}",
      "INGOT_COMPONENTS=null.golden-base",
      "INGOT_VAR_release=${var.release}",
    ]
    inline = ["cd '${path.root}' && node ../oci-layout/build-image.mjs"]
  }

  post-processor "manifest" {
    output = "${var.ingot_output_dir}/packer-manifest.json"
  }
}
