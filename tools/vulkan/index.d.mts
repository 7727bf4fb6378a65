// Types of index.mjs, for tests.
/** The variables with which a child process has software Vulkan, or the reason why there is none. */
export function softwareVulkan(): {
  readonly env?: { readonly VK_ICD_FILENAMES: string; readonly LD_LIBRARY_PATH: string }
  readonly reason?: string
}

/** Makes it this process's Vulkan, before a first WebGPU session; the reason where there is none. */
export function useSoftwareVulkan(): string | undefined
