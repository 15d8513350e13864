using OrleansVectors.Collections.Doctor;
using OrleansVectors.Partitions.Doctor;

namespace OrleansVectors.Collections.Tests.Doctor;

public sealed class LogsElsewhereTests
{
    [Fact]
    public async Task Folders_without_logs_are_sound_where_those_are_in_a_database_and_have_lost_them_where_not()
    {
        using ExaminedDatabase database = await ExaminedDatabase.CreateAsync(isKilled: false);
        foreach (int number in (int[])[0, 1])
        {
            Directory.Delete(Path.Combine(database.Partition(number), "log"), recursive: true);
        }

        DoctorReport elsewhere = await DatabaseDoctor.ExamineAsync(database.Folder, LogPlace.Elsewhere);
        Assert.True(elsewhere.IsSound, string.Join('\n', elsewhere.Findings));
        DoctorReport lost = await DatabaseDoctor.ExamineAsync(database.Folder);
        Assert.Equal(2, lost.Errors);
    }

    [Fact]
    public async Task Evicted_partitions_of_which_a_crash_left_files_are_leftovers()
    {
        using ExaminedDatabase database = await ExaminedDatabase.CreateAsync(isKilled: false);
        string collections = Path.Combine(database.Folder, "collections");
        Directory.Move(database.Partition(1), Path.Combine(collections, "evicted-x"));
        DoctorReport report = await DatabaseDoctor.ExamineAsync(database.Folder, LogPlace.Elsewhere);
        DoctorFinding finding = Assert.Single(report.Findings, finding => finding.What == "collection without a document");
        Assert.Equal((FindingSeverity.Note, Path.Combine(collections, "evicted-x")), (finding.Severity, finding.Place));
        Assert.True(report.IsSound, string.Join('\n', report.Findings));
    }
}
