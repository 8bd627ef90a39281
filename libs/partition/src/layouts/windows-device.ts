/** Whether Windows would open a device for a file of this stem, whatever its extension. */
export function isWindowsDevice(stem: string): boolean {
  return /^(?:con|prn|aux|nul|com\d|lpt\d)$/i.test(stem);
}
