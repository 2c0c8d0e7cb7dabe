// The address of an invocation's log in the console of AWS, which wants parts encoded twice, with $ in place of %.

/** What Lambda calls a log stream: the day, the version, an id. */
const STREAM = /^\d{4}\/\d\d\/\d\d\/.*\[.+\][0-9a-f]+$/;

/** Empty when the resource does not say where its log is. */
export function cloudWatch(resource: { [key: string]: unknown }, requestId: unknown): string {
  const region = resource["cloud.region"];
  const groups = resource["aws.log.group.names"];
  const stream = String(resource["faas.instance"]);
  const group = Array.isArray(groups) ? groups[0] : groups;
  if (typeof region !== "string" || typeof group !== "string" || !STREAM.test(stream)) {
    return "";
  }
  const filter =
    typeof requestId === "string" && requestId !== ""
      ? `${once("?filterPattern=")}${twice(`"${requestId}"`)}`
      : "";
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${twice(group)}/log-events/${twice(stream)}${filter}`;
}

function once(text: string): string {
  return encodeURIComponent(text).replaceAll("%", "$");
}

function twice(text: string): string {
  return once(encodeURIComponent(text));
}
