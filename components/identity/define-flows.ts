/**
 * What can be done about one's own account, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { ComingQrCode } from '../internal/qr-code.js';
import { register } from '../internal/register.js';
import { ComingScanner } from '../internal/scanner.js';
import { ComingAnchorFlow } from './anchor-flow.js';
import { ComingBackupFlow } from './backup-flow.js';
import { ComingDeviceFlow } from './device-flow.js';
import { ComingEraseFlow } from './erase-flow.js';
import { ComingHandOverFlow } from './hand-over-flow.js';
import { ComingLinkFlow } from './link-flow.js';
import { ComingLockFlow } from './lock-flow.js';
import { ComingOwnCode } from './own-code.js';
import { ComingProfileFlow } from './profile-flow.js';
import { ComingRepairFlow } from './repair-flow.js';

export function defineFlows(): void {
  register('coming-qr-code', ComingQrCode);
  register('coming-scanner', ComingScanner);
  register('coming-own-code', ComingOwnCode);
  register('coming-device-flow', ComingDeviceFlow);
  register('coming-link-flow', ComingLinkFlow);
  register('coming-backup-flow', ComingBackupFlow);
  register('coming-hand-over-flow', ComingHandOverFlow);
  register('coming-anchor-flow', ComingAnchorFlow);
  register('coming-profile-flow', ComingProfileFlow);
  register('coming-repair-flow', ComingRepairFlow);
  register('coming-lock-flow', ComingLockFlow);
  register('coming-erase-flow', ComingEraseFlow);
}
