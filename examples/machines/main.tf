terraform {
  # The first Terraform with `check` blocks; every OpenTofu has them.
  required_version = ">= 1.5"

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
  size  = var.size
}

# Looked at by every plan and every assessment. It never stops a run: when it fails, Ingot opens an alert, and resolves it
# with the first assessment that passes again. Without `depends_on`, which would keep it from looking while a machine has
# a change to come.
check "machines_run" {
  data "devcloud_machines" "web" {
    name_prefix = "web-"
  }

  assert {
    condition = alltrue([for machine in data.devcloud_machines.web.machines : machine.status == "running"])
    error_message = "Not running: ${join(", ", [
      for machine in data.devcloud_machines.web.machines : "${machine.name} is ${machine.status}" if machine.status != "running"
    ])}."
  }
}
