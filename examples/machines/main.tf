terraform {
  # Where the runs happen and the state is kept. Host and organization come from TF_CLOUD_HOSTNAME and
  # TF_CLOUD_ORGANIZATION, which `ingot env` prints.
  cloud {
    workspaces {
      name = "machines"
    }
  }

  required_providers {
    devcloud = {
      source = "ingot.local/ingot/devcloud"
    }
  }
}

# The image that the channel holds now: read from Ingot, without any provider. Runs get their credentials for it as
# TF_HTTP_USERNAME and TF_HTTP_PASSWORD. A workspace that reads a channel follows it: when the channel moves, Ingot
# queues a run.
data "terraform_remote_state" "image" {
  backend = "http"

  config = {
    address = "${var.ingot_url}/consume/v1/${var.ingot_organization}/${urlencode(var.ingot_project)}/buckets/golden-app/channels/production/state"
  }
}

resource "devcloud_machine" "web" {
  count = var.machines

  name  = "web-${count.index + 1}"
  image = data.terraform_remote_state.image.outputs.artifacts["oci.local"]
  size  = "small"
}
