// The address of an invocation's log in the console of AWS, which wants parts encoded twice, with $ in place of %.

/** What Lambda calls a log stream: the day, the version, an id. */
const STREAM = /^\d{4}\/\d\d\/\d\d\/.*\[.+\][0-9a-f]+$/;

/** What AWS calls a region; anything else would lead to a host of the sender's choice. */
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** Empty when the resource does not say where its log is. */
export function cloudWatch(resource: { [key: string]: unknown }, requestId: unknown): string {
  const region = resource["cloud.region"];
  const groups = resource["aws.log.group.names"];
  const stream = String(resource["faas.instance"]);
  const group = Array.isArray(groups) ? groups[0] : groups;
  if (
    typeof region !== "string" ||
    !REGION.test(region) ||
    typeof group !== "string" ||
    !STREAM.test(stream)
  ) {
    return "";
  }
  const filter =
    typeof requestId === "string" && requestId !== ""
      ? `${once("?filterPattern=")}${twice(`"${requestId}"`)}`
      : "";
  return `https://${console(region)}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${twice(group)}/log-events/${twice(stream)}${filter}`;
}

/** China and the government of the United States have consoles of their own. */
function console(region: string): string {
  return region.startsWith("cn-")
    ? `${region}.console.amazonaws.cn`
    : region.startsWith("us-gov-")
      ? `${region}.console.amazonaws-us-gov.com`
      : `${region}.console.aws.amazon.com`;
}

function once(text: string): string {
  return encodeURIComponent(text).replaceAll("%", "$");
}

function twice(text: string): string {
  return once(encodeURIComponent(text));
}
