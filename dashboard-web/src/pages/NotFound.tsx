// An address that is no page.
import { Link } from "react-router";
import { Notice } from "../components/Notice";

export function NotFound() {
  return (
    <Notice title="There is no such page">
      <Link to="/">All functions</Link>
    </Notice>
  );
}
