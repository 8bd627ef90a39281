/** The most memory that this process has had since it was started, all of its threads together. */
export function residentBytesMax(): number {
  return process.resourceUsage().maxRSS * 1024;
}
