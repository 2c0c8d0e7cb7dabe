// Who is told, and whether it works.
import type { ChannelItem, WaitingItem } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { moment, plural } from "../../components/format";
import { Moment } from "../../components/Moment";

export function ChannelTable({ channels }: { channels: ChannelItem[] }) {
  const columns: Column<ChannelItem>[] = [
    { key: "name", title: "Channel", sort: (c) => c.name, render: (c) => <strong>{c.name}</strong> },
    { key: "type", title: "Type", sort: (c) => c.type, render: (c) => c.type },
    { key: "target", title: "To", wide: true, render: (c) => c.target },
    {
      key: "state",
      title: "How it stands",
      wide: true,
      render: (c) =>
        c.error ? (
          <span style={{ color: "var(--thaw-error)" }}>
            {c.error} <span className="muted">({plural(c.waiting, "message")} waiting)</span>
          </span>
        ) : (
          <span className="muted">
            {c.sentMs > 0 ? `last message taken at ${moment(c.sentMs)}` : "nothing sent yet"}
          </span>
        ),
    },
  ];
  return <DataTable caption="Channels" rows={channels} columns={columns} rowKey={(c) => c.name} />;
}

export function WaitingTable({ waiting, caption }: { waiting: WaitingItem[]; caption: string }) {
  const columns: Column<WaitingItem>[] = [
    { key: "sent", title: "From", sort: (w) => w.sentMs, render: (w) => <Moment ms={w.sentMs} /> },
    { key: "channel", title: "Channel", sort: (w) => w.channel, render: (w) => w.channel },
    { key: "headline", title: "Message", wide: true, render: (w) => w.headline },
    { key: "attempts", title: "Attempts", number: true, sort: (w) => w.attempts, render: (w) => w.attempts },
    { key: "error", title: "Why not", wide: true, render: (w) => w.error },
  ];
  return (
    <DataTable
      caption={caption}
      rows={waiting}
      columns={columns}
      rowKey={(w) => `${w.channel} ${w.sentMs} ${w.headline}`}
    />
  );
}
