extension WatchPage {
    /// The script of the page. All texts become text nodes. The last event closes the connection, so that the browser does
    /// not look for a run that is over.
    static let script = #"""
        "use strict";
        (() => {
          const byId = (id) => document.getElementById(id);
          const put = (id, text) => {
            if (byId(id).textContent !== text) { byId(id).textContent = text; }
          };
          const short = (value) => (value < 9.95 && value > 0 ? value.toFixed(1) : value.toFixed(0));
          const time = (value) => {
            if (value === null) { return "–"; }
            if (value < 0.9995) { return value < 0.00995 ? (value * 1e3).toFixed(1) + " ms" : (value * 1e3).toFixed(0) + " ms"; }
            if (value < 60) { return value.toFixed(value < 10 ? 2 : 0) + " s"; }
            const minutes = Math.floor(value / 60);
            if (minutes < 60) { return minutes + " min " + Math.floor(value % 60) + " s"; }
            return Math.floor(minutes / 60) + " h " + (minutes % 60) + " min";
          };
          const bytes = (value) => {
            if (value === null) { return "–"; }
            const units = ["kB", "MB", "GB", "TB", "PB"];
            if (value < 10000) { return value + " B"; }
            let index = -1;
            while (value >= 999.5 && index < units.length - 1) {
              value /= 1000;
              index += 1;
            }
            return (value < 99.95 ? value.toFixed(1) : value.toFixed(0)) + " " + units[index];
          };
          const svg = "http://www.w3.org/2000/svg";
          const paces = [];

          const rows = (id, list, more) => {
            const body = byId(id + "-rows");
            body.replaceChildren(...list.map((cells) => {
              const row = document.createElement("tr");
              cells.forEach((text, index) => {
                const cell = document.createElement("td");
                cell.className = index > 0 ? "number" : "url";
                cell.textContent = text;
                row.append(cell);
              });
              return row;
            }));
            body.closest("section").hidden = list.length === 0;
            byId(id + "-more").hidden = !more;
            put(id + "-more", more || "");
          };

          const drawPace = (rate) => {
            paces.push(rate);
            if (paces.length > 120) { paces.shift(); }
            const top = Math.max(...paces, 1);
            const start = 120 - paces.length;
            byId("pace").replaceChildren(...paces.map((value, index) => {
              const bar = document.createElementNS(svg, "rect");
              const height = value > 0 ? Math.max(4, value / top * 1000) : 0;
              const numbers = { x: (start + index) * 10 + 1, y: 1000 - height, width: 8, height };
              for (const [name, number] of Object.entries(numbers)) { bar.setAttribute(name, String(number)); }
              bar.setAttribute("class", "time");
              return bar;
            }));
            put("pace-top", "up to " + short(top) + "/s");
          };

          const show = (run) => {
            const done = run.ok + run.failed + run.skipped;
            put("done", run.total === null ? String(done) : done + " of " + run.total);
            for (const name of ["ok", "failed", "skipped", "in_flight", "waiting_hosts", "retries"]) {
              put(name, String(run[name]));
            }
            byId("failed").parentElement.className = run.failed > 0 ? "bad" : "";
            const left = run.total === null ? null : Math.max(0, run.total - done);
            const queued = run.queued === null ? left : run.queued;
            put("queued", queued === null ? "–" : String(queued));
            put("rate", short(run.rate) + "/s");
            put("bytes", bytes(run.bytes));
            put("elapsed", time(run.elapsed));
            document.title = done + " records, " + run.failed + " failed";
            put("title", document.title);
            drawPace(run.rate);
            byId("times").replaceChildren(...run.percentiles.map(([name, value]) => {
              const item = document.createElement("div");
              const term = document.createElement("dt");
              const text = document.createElement("dd");
              term.textContent = name;
              text.textContent = time(value);
              item.append(term, text);
              return item;
            }));
            rows("hosts", run.hosts.map(([host, all, failed, mean]) => [host, String(all), String(failed), time(mean)]),
              run.other_hosts > 0 ? run.other_hosts + " requests to other hosts are not shown." : "");
            const more = run.waiting_hosts - run.waiting.length;
            rows("waiting", run.waiting.map(([host, rest]) => [host, time(rest)]), more > 0 ? more + " more hosts wait." : "");
            rows("failures", run.failures.map(([kind, count]) => [kind, String(count)]));
            rows("statuses", run.statuses.map(([status, count]) => [String(status), String(count)]));
            document.documentElement.dataset.done = String(done);
          };

          const source = new EventSource("events");
          source.addEventListener("open", () => put("state", "The run goes on."));
          source.addEventListener("progress", (event) => show(JSON.parse(event.data)));
          source.addEventListener("end", (event) => {
            source.close();
            show(JSON.parse(event.data));
            put("state", "The run has ended.");
          });
          source.addEventListener("error", () => {
            if (source.readyState !== EventSource.CLOSED || !byId("state").textContent.endsWith("ended.")) {
              put("state", "The connection to the run is lost: it may have ended.");
            }
          });
        })();
        """#
}
