terraform {
  cloud {
    workspaces {
      name = "pinned"
    }
  }

  required_providers {
    devcloud = {
      source = "ingot.local/ingot/devcloud"
    }
  }
}

# Machines that read no channel: each names its image itself. Ingot finds the images in the state all the same.
resource "devcloud_machine" "pinned" {
  for_each = var.images

  name  = each.key
  image = each.value
}
