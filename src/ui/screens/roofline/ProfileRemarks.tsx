/** @file What the profile says beyond its ceilings: processors at once, and where a measured sweep bends. */
import type { DeviceProfile } from '../../../core/profile/profile.ts';
import { Remark } from '../../components/Remark.tsx';
import { kneeSentences, togetherSentences } from './roofline-remarks.ts';

export function ProfileRemarks({ profile }: { readonly profile: DeviceProfile }) {
  const together = togetherSentences(profile);
  const knees = kneeSentences(profile);
  if (together.length + knees.length === 0) return null;
  return (
    <div>
      {together.length > 0 && <Remark title="Both at once">{together.join(' ')} Plans use these.</Remark>}
      {knees.length > 0 && <Remark title="The knee, measured">{knees.join(' ')}</Remark>}
    </div>
  );
}
