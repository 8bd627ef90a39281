/** Whether Windows would open a device for a file of this name, whatever follows its first dot. */
export function isWindowsDevice(name: string): boolean {
  return /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);
}
