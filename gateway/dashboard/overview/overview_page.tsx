import type { Job } from "@asya/protocol";
import type { Child } from "@hono/hono/jsx";
import { JobTable } from "../jobs/jobs_page.tsx";
import type { Page } from "../page.tsx";
import { visibleText } from "../visible_text.ts";
import {
  type ActorFigures,
  type Figures,
  figuresOf,
  figuresOfActor,
  showCount,
  showRange,
  showRate,
} from "./figures.ts";
import type { Overview } from "./overview.ts";
import { Sparkline } from "./sparkline.tsx";

/** What the overview shows. */
export interface OverviewProps {
  readonly overview: Overview;
  /** The newest jobs. */
  readonly recent: readonly Job[];
  readonly now: Date;
}

/** Characters of a name that are shown. */
const MAX_NAME = 80;

/** The whole mesh at a glance. A script has the page show how it is at each moment. */
export function overviewPage({ overview, recent, now }: OverviewProps): Page {
  const figures = figuresOf(overview);
  const actors = overview.actors.map((actor) => figuresOfActor(actor, overview.slot_seconds));
  return {
    title: "Overview",
    at: "overview",
    scripts: ["overview.js"],
    main: (
      <>
        <h1>Overview</h1>
        <div id="figures" class="tiles" data-live>
          <Tiles figures={figures} deadLetters={overview.dead_letters} />
        </div>
        <section class="sheet" aria-labelledby="actors-title">
          <h2 id="actors-title">Actors</h2>
          <div id="actors" data-live>
            <Actors actors={actors} minutes={figures.minutes} />
          </div>
        </section>
        <section class="sheet" aria-labelledby="recent-title">
          <div class="head">
            <h2 id="recent-title">Recent jobs</h2>
            <a href="/dashboard/jobs">All jobs</a>
          </div>
          <div id="recent" data-live>
            <RecentJobs jobs={recent} now={now} />
          </div>
        </section>
      </>
    ),
  };
}

function Tiles({ figures, deadLetters }: { figures: Figures; deadLetters: number | null }) {
  const { minutes, failedShare } = figures;
  const share = `${Math.round(failedShare * 100)} % of those that ended`;
  return (
    <>
      <Tile name="Jobs per second" value={showRate(figures.endedPerSecond)} about="ended">
        <Sparkline
          values={figures.ended}
          failures={figures.failures}
          label={`Jobs that ended per second, in ${minutes} minutes: ${range(figures.ended)}`}
        />
      </Tile>
      <Tile
        name="In flight"
        value={showCount(figures.inFlight)}
        about={`${showRate(figures.startedPerSecond)} per second begin`}
        href="/dashboard/jobs?status=Running"
      >
        <Sparkline
          values={figures.started}
          label={`Jobs that began per second, in ${minutes} minutes: ${range(figures.started)}`}
        />
      </Tile>
      <Tile
        name={`Failed in ${minutes} min`}
        value={showCount(figures.failed)}
        about={share}
        href="/dashboard/jobs?status=Failed"
        isBad={figures.failed > 0}
      >
        <Sparkline
          values={[]}
          failures={figures.failures}
          label={`Jobs that failed per second, in ${minutes} minutes: ${range(figures.failures)}`}
        />
      </Tile>
      <Tile
        name="Dead letters"
        value={deadLetters === null ? "?" : showCount(deadLetters)}
        about={aboutLetters(deadLetters)}
        href="/dashboard/dead-letters"
        isBad={deadLetters !== null && deadLetters > 0}
      />
    </>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly about: string;
  readonly href?: string;
  readonly isBad?: boolean;
  readonly children?: Child;
}

function Tile({ name, value, about, href, isBad = false, children }: TileProps) {
  return (
    <section class="sheet tile" data-key={name}>
      <h2 class="soft">{href === undefined ? name : <a href={href}>{name}</a>}</h2>
      <p class={isBad ? "figure bad" : "figure"}>{value}</p>
      <p class="small soft">{about}</p>
      {children}
    </section>
  );
}

function aboutLetters(count: number | null): string {
  if (count === null) return "nobody can look at this moment";
  return count === 0 ? "nothing was given up" : "given up, kept for a replay";
}

function Actors({ actors, minutes }: { actors: readonly ActorFigures[]; minutes: number }) {
  if (actors.length === 0) {
    return <p class="empty">No actor has reported yet, and no tool leads to one.</p>;
  }
  // Not every kind of queue knows who takes from it.
  const tellsConsumers = actors.some(({ queue }) => typeof queue?.consumers === "number");
  const rowOf = (actor: ActorFigures) => (
    <ActorRow actor={actor} minutes={minutes} tellsConsumers={tellsConsumers} />
  );
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Actor</th>
          <th scope="col" class="number">Messages/s</th>
          <th scope="col">{minutes} min</th>
          <th scope="col" class="number">Failed</th>
          <th scope="col" class="number" title="handlers at work, on average">At work</th>
          <th scope="col" title="messages that waited in its queue">Queue, {minutes} min</th>
          <th scope="col" class="number" title="messages that wait in its queue">Ready</th>
          {tellsConsumers && <th scope="col" class="number">Consumers</th>}
        </tr>
      </thead>
      <tbody>{actors.map(rowOf)}</tbody>
    </table>
  );
}

interface ActorRowProps {
  readonly actor: ActorFigures;
  readonly minutes: number;
  readonly tellsConsumers: boolean;
}

function ActorRow({ actor, minutes, tellsConsumers }: ActorRowProps) {
  const { perSecond, rates, failures, failed, atWork, depths, queue } = actor;
  // Whoever reports may say any name.
  const name = visibleText(actor.name, MAX_NAME);
  const label = `Messages of ${name} per second, in ${minutes} minutes: ${range(rates)}`;
  const waited = showRange(depths, showCount);
  return (
    <tr data-key={actor.name}>
      <th scope="row" class="breaks name">{name}</th>
      <td class="number" data-name="Messages/s">{showRate(perSecond)}</td>
      <td data-name={`${minutes} min`}>
        <Sparkline values={rates} failures={failures} label={label} />
      </td>
      <td class={failed > 0 ? "number bad" : "number"} data-name="Failed">{showCount(failed)}</td>
      <td class="number" data-name="At work">{showRate(atWork)}</td>
      <td data-name={`Queue, ${minutes} min`}>
        <Sparkline
          values={depths}
          label={`Messages that waited for ${name}, in ${minutes} minutes: ${waited}`}
        />
      </td>
      {queue === null
        ? (
          <td class="number" data-name="Queue" colspan={tellsConsumers ? 2 : 1}>
            <span class="chip wait">no such queue</span>
          </td>
        )
        : (
          <>
            <td class="number" data-name="Ready">{showCount(queue.ready)}</td>
            {tellsConsumers && (
              <td class="number" data-name="Consumers">
                <Consumers count={queue.consumers} />
              </td>
            )}
          </>
        )}
    </tr>
  );
}

function Consumers({ count }: { count: number | null }) {
  if (count === null) return <span class="soft">–</span>;
  if (count === 0) return <span class="chip bad">nobody takes from it</span>;
  return <>{showCount(count)}</>;
}

function RecentJobs({ jobs, now }: { jobs: readonly Job[]; now: Date }) {
  if (jobs.length === 0) {
    return (
      <p class="empty">
        There is no job yet. <a href="/dashboard/tools">Call a tool</a>.
      </p>
    );
  }
  return <JobTable jobs={jobs} now={now} />;
}

/** What a line of rates tells, in words. */
function range(rates: readonly number[]): string {
  return showRange(rates, showRate);
}
