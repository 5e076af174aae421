/**
 * Where resources of a type name the image they run, as paths into their attributes; `[]` stands for every element of a
 * list. Open: a type that is not listed is still found when any of its strings equals a registered identifier. A listed
 * attribute says more: what it names and the registry does not know is reported as untracked.
 */
export const imageAttributes: Readonly<Record<string, readonly string[]>> = {
  aws_instance: ["ami"],
  aws_spot_instance_request: ["ami"],
  aws_launch_template: ["image_id"],
  aws_launch_configuration: ["image_id"],
  aws_emr_cluster: ["custom_ami_id"],
  azurerm_linux_virtual_machine: ["source_image_id"],
  azurerm_windows_virtual_machine: ["source_image_id"],
  azurerm_linux_virtual_machine_scale_set: ["source_image_id"],
  azurerm_windows_virtual_machine_scale_set: ["source_image_id"],
  azurerm_orchestrated_virtual_machine_scale_set: ["source_image_id"],
  azurerm_virtual_machine: ["storage_image_reference[].id"],
  google_compute_instance: ["boot_disk[].initialize_params[].image"],
  google_compute_instance_template: ["disk[].source_image"],
  google_compute_region_instance_template: ["disk[].source_image"],
  google_compute_disk: ["image"],
  vsphere_virtual_machine: ["clone[].template_uuid"],
  openstack_compute_instance_v2: ["image_id"],
  openstack_blockstorage_volume_v3: ["image_id"],
  docker_container: ["image"],
  docker_service: ["task_spec[].container_spec[].image"],
  devcloud_machine: ["image"],
  devcloud_launch_template: ["image"],
};

/** The texts at one path; attributes that are absent, null or not texts give nothing. */
export function textsAt(attributes: unknown, path: string): string[] {
  let found: unknown[] = [attributes];
  for (const step of path.split(".")) {
    const many = step.endsWith("[]");
    const name = many ? step.slice(0, -2) : step;
    const next: unknown[] = [];
    for (const value of found) {
      if (typeof value !== "object" || value === null) continue;
      const member = (value as Record<string, unknown>)[name];
      if (many && Array.isArray(member)) next.push(...(member as unknown[]));
      else if (!many && member !== undefined) next.push(member);
    }
    found = next;
  }
  return found.filter((value): value is string => typeof value === "string" && value !== "");
}
