output "image" {
  description = "What the machines were made from."
  value       = "${data.terraform_remote_state.image.outputs.bucket} ${data.terraform_remote_state.image.outputs.version}"
}

output "addresses" {
  value = { for machine in devcloud_machine.web : machine.name => machine.ip_address }
}
