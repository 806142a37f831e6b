"""Push articles to Label Studio and pull them back annotated, beside the server's own bare import and export.

`make bench-labelstudio` prints a table for `docs/labelstudio.md`: seconds of both in one run, their ratio, processor
seconds of either side, and the peak memory of `push` and `pull`. The articles are generated; each carries the sentences
and entities of a news article. The server's own export is measured before and after `pull`, and the mean counts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from annotation.labelstudio import server as local
from annotation.labelstudio.client import Address, Client, encoded
from annotation.labelstudio.tasks import Sharing, task
from corpus.release.source import read_corpus
from corpus.workflow.candidates import candidates_of
from corpus.workflow.init import init_corpus
from corpus.workflow.labelstudio import read_state
from corpus.workflow.sending import BATCH

SENTENCES = (
    "قالت وزيرة الصحة سلمى الراشدي في الرباط إن {} مستفيدا تسلموا 300 درهم يوم 12 يناير 2026.",
    "وأعلنت جامعة القاضي عياض بمراكش فتح {} مقعدا جديدا أمام الطلبة القادمين من موريتانيا والسنغال.",
    "فاز فريق الرجاء الرياضي على ضيفه نهضة بركان أمام {} متفرج في ملعب محمد الخامس مساء السبت.",
    "ووقعت شركة الواحة للاتصالات اتفاقا بقيمة {} مليون دولار مع البنك الأفريقي للتنمية في أبيدجان.",
    "وأوضح مدير المستشفى كريم العلمي أن الأطباء أجروا {} عملية خلال شهر فبراير الماضي.",
    "في المقابل طالبت نقابة الصحفيين التونسيين بالإفراج عن {} مراسلا أوقفوا قرب صفاقس.",
    "ويرى الباحث المصري حسام منصور أن مياه النيل انخفضت بنحو {} سنتيمترا منذ خريف 2024.",
    "كما شارك {} كاتبا من لبنان والعراق في معرض الكتاب الذي تحتضنه الدوحة كل ربيع.",
    "واعتمد البرلمان الأردني قانون حماية المستهلك بعد جلسة دامت حتى الفجر وعدلت {} مادة.",
    "وتوقعت الأرصاد الجوية أمطارا رعدية فوق جبال الأطلس تتجاوز {} ميليمترا ابتداء من الأربعاء.",
    "من جهته نفى المتحدث باسم الاتحاد الأوروبي وجود خطة لنقل {} لاجئا إلى قبرص.",
    "وختمت الفنانة هند بنجلون جولتها بحفل في مسرح محمد السادس بوجدة حضره {} شخصا.",
)


def records(number: int) -> list[str]:
    """Articles of twelve sentences, as lines of JSON."""
    lines = []
    for nth in range(number):
        text = "\n".join(one.format(nth * 12 + place + 20) for place, one in enumerate(SENTENCES))
        title = f"حصيلة الأسبوع رقم {nth}"
        lines.append(json.dumps({"url": f"https://example.org/{nth}", "title": title, "text": text}))
    return lines


@dataclass(frozen=True)
class Cost:
    """What something took: wall seconds, processor seconds of this side and of the server, peak memory in megabytes."""

    seconds: float
    client: float = 0.0
    server: float = 0.0
    memory: float = 0.0


@dataclass
class Clock:
    """Measures what runs while the server of process `pid` (0: none) works."""

    pid: int = 0

    def of_server(self) -> float:
        """Processor seconds that the server has taken so far."""
        if not self.pid:
            return 0.0
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def command(self, root: Path, *arguments: str) -> Cost:
        """Run mudawwana."""
        code = (
            "import resource, sys; from corpus.cli.app import main; sys.argv = ['mudawwana', *sys.argv[1:]]\n"
            "try: main()\n"
            "except SystemExit as end: code = end.code\n"
            "used = resource.getrusage(resource.RUSAGE_SELF)\n"
            "print('used', used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, file=sys.stderr); sys.exit(code)"
        )
        started, before = time.perf_counter(), self.of_server()
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments, "--corpus", str(root)], capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - started
        if done.returncode not in (0, 3, None):
            sys.exit(f"{arguments}: {done.stderr[-2000:]}")
        client, memory = map(float, done.stderr.rpartition("used ")[2].split())
        return Cost(seconds, client, self.of_server() - before, memory)

    def call(self, work: Callable[[], object]) -> Cost:
        """Call a function."""
        started, used, before = time.perf_counter(), time.process_time(), self.of_server()
        work()
        return Cost(time.perf_counter() - started, time.process_time() - used, self.of_server() - before)


def bare_import(client: Client, project: int, bodies: list[bytes]) -> None:
    """The server's own import of the same tasks, 500 a request."""
    for body in bodies:
        client._http.request(
            f"api/projects/{project}/import", method="POST", content=body,
            headers={"Content-Type": "application/json"}, request_options={"timeout_in_seconds": 900},
        ).raise_for_status()  # fmt: skip


def annotate(server: local.LocalServer, root: Path, project: int) -> None:
    """Make every prediction of a project somebody's annotation, in the server's database: by the API it takes hours."""
    script = (
        "import os, sys, label_studio; sys.path.insert(0, os.path.dirname(label_studio.__file__))\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'core.settings.label_studio'; import django; django.setup()\n"
        "from tasks.models import Task, Annotation\n"
        "made = [Annotation(task=t, project_id=t.project_id, completed_by_id=1, result=[{**r, 'origin': 'prediction'} "
        f"for r in t.predictions.first().result], lead_time=60) for t in Task.objects.filter(project_id={project})]\n"
        "Annotation.objects.bulk_create(made, batch_size=500)\n"
        f"Task.objects.filter(project_id={project}).update(total_annotations=1, is_labeled=True)\n"
    )
    python = local.program_path().with_name("python")
    done = subprocess.run(
        [str(python), "-c", script], env=dict(local._environment(root, server)), check=False,
        capture_output=True, text=True, cwd=root / "private" / "labelstudio",
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr[-2000:])


def _row(name: str, ours: Cost, alone: Cost | None = None) -> None:
    bare = ("", "", "")
    if alone is not None:
        bare = (f"{alone.seconds:.1f} s", f"{ours.seconds / alone.seconds:.2f}", f"{alone.server:.1f} s")
    print(f"| {name} | {ours.seconds:.1f} s | {bare[0]} | {bare[1]} | {ours.client:.1f} s + {ours.server:.1f} s "
          f"| {bare[2]} | {ours.memory:.0f} MB |")  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--venv", type=Path, default=Path(".venv-labelstudio"))
    options = parser.parse_args()
    os.environ[local.PROGRAM_VARIABLE] = str(options.venv.resolve() / "bin" / "label-studio")
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="mudawwana-bench-"))
    root = folder / "corpus"
    try:
        init_corpus(root, "bench")
        pages = folder / "pages.jsonl"
        pages.write_text("\n".join(records(options.articles)) + "\n", "utf-8")
        built = Clock().command(root, "build", str(pages))
        print(f"built {options.articles:,} articles in {built.seconds:.0f} s; load {os.getloadavg()[0]:.1f}")
        shutil.copytree(options.venv / "template", root / "private" / "labelstudio")
        server = local.start(root, report=print)
        clock = Clock(server.pid)
        client = Client(Address(server.url, server.token))
        push = clock.command(root, "push", "--order", "corpus")
        again = clock.command(root, "push", "--order", "corpus")
        state = read_state(root)
        assert state is not None
        (project,) = client.find_projects(state.key)
        version, candidates = candidates_of(read_corpus(root))
        tasks = [task(one.document, version, Sharing()) for one in candidates]
        bodies = [encoded(tasks[at : at + BATCH]) for at in range(0, len(tasks), BATCH)]
        bare = client.create_project({"title": "bare", "label_config": project.label_config}).id
        importing = clock.call(lambda: bare_import(client, bare, bodies))
        for one in (project.id, bare):
            annotate(server, root, one)
        exporting = [clock.call(lambda: client.export(bare, folder / "bare.json"))]
        pull = clock.command(root, "pull")
        exporting.append(clock.call(lambda: client.export(bare, folder / "bare.json")))
        nothing = clock.command(root, "pull")
        print(f"load {os.getloadavg()[0]:.1f}; server's exports {exporting[0].seconds:.1f} s and "
              f"{exporting[1].seconds:.1f} s")  # fmt: skip
        mean = Cost(*(sum(getattr(one, name) for one in exporting) / 2 for name in ("seconds", "client", "server")))
        print("| | mudawwana | the server alone | ratio | processor, ours + server's | server's alone | peak memory |")
        print("|---|---|---|---|---|---|---|")
        _row(f"push {len(tasks):,} articles", push, importing)
        _row("push again, nothing new", again)
        _row("pull them annotated", pull, mean)
        _row("pull again, nothing new", nothing)
    finally:
        local.stop(root)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
