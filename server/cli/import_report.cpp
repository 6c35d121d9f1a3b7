#include "server/cli/import_report.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>

#include "clinic/time_text.hpp"
#include "server/cli/check_report.hpp"
#include "server/json/writer.hpp"

namespace clinic::cli {
namespace {

using loading::Counts;
using loading::RowNote;

void PrintCounts(std::ostream& out, const char* kind, const Counts& counts) {
  out << "  " << std::left << std::setw(15) << kind << std::right << std::setw(10)
      << Figure(counts.loaded) << std::setw(16) << Figure(counts.already_there);
}

void WriteCounts(json::ObjectWriter& out, const Counts& counts) {
  out.Field("loaded", counts.loaded);
  out.Field("already_there", counts.already_there);
}

void WriteNote(json::ObjectWriter& out, const RowNote& note) {
  out.Field("row", note.row);
  out.Field("practitioner", note.practitioner);
  out.Field("appointment", note.appointment);
  out.Field("code", ToString(note.code));
  out.Field("reason", note.reason);
}

void WriteConflicts(json::ObjectWriter& out, const RowNote& note) {
  out.Array("conflicts", [&](json::ArrayWriter& conflicts) {
    for (const loading::InTheWay& conflict : note.in_the_way) {
      conflicts.Object([&](json::ObjectWriter& one) {
        one.Field("resource", ToString(conflict.kind));
        one.Field("booking", conflict.booking);
        one.Field("row", conflict.row);
        one.Field("start", FormatRfc3339(conflict.interval.start, Duration{0}));
        one.Field("end", FormatRfc3339(conflict.interval.end, Duration{0}));
      });
    }
  });
}

void WriteUnreadable(json::ObjectWriter& out, const ImportReport& report) {
  out.Array("rejected_rows", [&](json::ArrayWriter& rows) {
    for (const UnreadableRows& unreadable : report.unreadable) {
      for (const calendar_file::RowError& row : unreadable.rows) {
        rows.Object([&](json::ObjectWriter& one) {
          one.Field("file", unreadable.file);
          one.Field("row", row.row);
          one.Field("reason", row.reason);
        });
      }
    }
  });
}

}  // namespace

bool LeftSomethingOut(const ImportReport& report) {
  const auto has_rows = [](const UnreadableRows& unreadable) { return !unreadable.rows.empty(); };
  return !report.loaded.refused.empty() || !report.loaded.changed.empty() ||
         std::any_of(report.unreadable.begin(), report.unreadable.end(), has_rows);
}

std::string ImportReportAsText(const ImportReport& report) {
  const loading::Report& loaded = report.loaded;
  std::ostringstream out;
  out << (report.dry_run ? "A dry run: nothing was written.\n\n" : "") << std::setw(27)
      << (report.dry_run ? "to load" : "loaded") << std::setw(16) << "already there"
      << "   refused   changed\n";
  PrintCounts(out, "practitioners", loaded.practitioners);
  out << "\n";
  PrintCounts(out, "working hours", loaded.hours);
  out << "\n";
  PrintCounts(out, "patients", loaded.patients);
  out << "\n";
  PrintCounts(out, "appointments", loaded.appointments);
  out << std::setw(10) << Figure(loaded.refused.size()) << std::setw(10)
      << Figure(loaded.changed.size()) << "\n";
  return out.str();
}

std::string ImportReportAsJson(const ImportReport& report) {
  const loading::Report& loaded = report.loaded;
  const std::string text = json::WriteObject([&](json::ObjectWriter& out) {
    const auto counts = [&](const char* kind, const Counts& of) {
      out.Object(kind, [&](json::ObjectWriter& one) { WriteCounts(one, of); });
    };
    out.Field("dry_run", report.dry_run);
    counts("practitioners", loaded.practitioners);
    counts("working_hours", loaded.hours);
    counts("patients", loaded.patients);
    out.Object("appointments", [&](json::ObjectWriter& one) {
      WriteCounts(one, loaded.appointments);
      one.Field("refused", loaded.refused.size());
      one.Field("changed", loaded.changed.size());
    });
    out.Array("refused_rows", [&](json::ArrayWriter& rows) {
      for (const RowNote& note : loaded.refused) {
        rows.Object([&](json::ObjectWriter& one) {
          WriteNote(one, note);
          WriteConflicts(one, note);
        });
      }
    });
    out.Array("changed_rows", [&](json::ArrayWriter& rows) {
      for (const RowNote& note : loaded.changed) {
        rows.Object([&](json::ObjectWriter& one) { WriteNote(one, note); });
      }
    });
    WriteUnreadable(out, report);
    out.Array("notes", [&](json::ArrayWriter& notes) {
      for (const std::string& note : loaded.notes) notes.Item(note);
    });
  });
  return text + "\n";
}

void PrintLeftOut(std::ostream& err, const ImportReport& report) {
  for (const auto* notes : {&report.loaded.refused, &report.loaded.changed}) {
    for (const RowNote& note : *notes) {
      err << report.appointments_file << ": row " << note.row << " " << note.reason << "\n";
    }
  }
  for (const std::string& note : report.loaded.notes) err << "clinic import: " << note << "\n";
}

}  // namespace clinic::cli
