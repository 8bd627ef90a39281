/**
 * What the job does without (spec row OP-19). Left out, because Node or the job needs it:
 *
 * - `MemoryDenyWriteExecute=`: V8 compiles to machine code at run time and ends at once without it.
 * - `ProtectProc=`, `ProcSubset=`, `PrivatePIDs=`: whether the process that left a lease or a temporary still runs is
 *   looked up in /proc. One that cannot be seen counts as dead, and what it is still writing would be swept.
 * - `PrivateNetwork=`, `IPAddressDeny=`: stores are reached over the network.
 * - `UMask=0077`: other accounts read the lake.
 */
export const HARDENING: readonly string[] = [
  'NoNewPrivileges=yes',
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'ProtectSystem=strict',
  '# Credentials may be below a home: ~/.aws, ~/.config.',
  'ProtectHome=read-only',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'PrivateUsers=yes',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'RemoveIPC=yes',
  'KeyringMode=private',
  'UMask=0022',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallFilter=~@privileged',
  'SystemCallErrorNumber=EPERM',
  '# No MemoryDenyWriteExecute=: V8 compiles while it runs. No ProtectProc= and ProcSubset=: a process that cannot be',
  '# seen in /proc counts as dead, and its unfinished files would be swept.',
];
