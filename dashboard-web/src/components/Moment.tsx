// A moment as people read it; what it is in UTC shows on hover.
import { moment } from "./format";

export function Moment({ ms }: { ms: number }) {
  const utc = new Date(ms).toISOString();
  return (
    <time dateTime={utc} title={utc.replace("T", " ").replace("Z", " UTC")}>
      {moment(ms)}
    </time>
  );
}
