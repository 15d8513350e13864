using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Import;

namespace OrleansVectors.Cli.Tests.Import;

public sealed class ImportJournalTests : IDisposable
{
    private static readonly Uri Server = new("http://127.0.0.1:6333/");

    private readonly TemporaryFolder _folder = new();
    private readonly ImportSettings _settings;

    public ImportJournalTests()
        => _settings = SourceReading.Settings(_folder.Write("a.csv", "x"), ImportFormat.Csv) with { StateFolder = _folder.File("state") };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_import_continues_where_the_last_one_was_saved()
    {
        ImportJournal.Open(_settings, Server).Save(rows: 500, badRows: 2);
        ImportJournal journal = ImportJournal.Open(_settings, Server);

        Assert.Equal((500, 2), (journal.Rows, journal.BadRows));
        Assert.Equal(0, ImportJournal.Open(_settings with { Restart = true }, Server).Rows);
    }

    [Fact]
    public void Any_other_import_starts_at_its_first_row()
    {
        ImportJournal.Open(_settings, Server).Save(rows: 500, badRows: 0);

        Assert.Equal(0, ImportJournal.Open(_settings, new Uri("http://127.0.0.1:7000/")).Rows);
        Assert.Equal(0, ImportJournal.Open(_settings with { Collection = "d" }, Server).Rows);
        Assert.Equal(0, ImportJournal.Open(_settings with { IdStart = 1 }, Server).Rows);
        Assert.Equal(0, ImportJournal.Open(_settings with { VectorName = "n" }, Server).Rows);
        Assert.Equal(0, ImportJournal.Open(_settings with { VectorColumns = ("a", "b") }, Server).Rows);
        Assert.Equal(500, ImportJournal.Open(_settings with { BatchRows = 7, Limit = 3, SkipBad = true }, Server).Rows);
    }

    [Fact]
    public void A_file_that_has_changed_starts_over()
    {
        ImportJournal.Open(_settings, Server).Save(rows: 500, badRows: 0);
        _folder.Write("a.csv", "xy");
        ImportJournal journal = ImportJournal.Open(_settings, Server);

        Assert.True(journal.FileHasChanged);
        Assert.Equal(0, journal.Rows);
    }

    [Fact]
    public void A_complete_import_leaves_nothing_behind()
    {
        ImportJournal journal = ImportJournal.Open(_settings, Server);
        journal.Save(rows: 1, badRows: 0);
        journal.Remove();

        Assert.False(Directory.Exists(_settings.StateFolder));
    }

    [Fact]
    public void A_damaged_journal_says_what_to_do()
    {
        ImportJournal.Open(_settings, Server).Save(rows: 1, badRows: 0);
        File.WriteAllText(Directory.GetFiles(_settings.StateFolder).Single(), "{");

        Assert.Contains("--restart", Assert.Throws<CommandFailedException>(() => ImportJournal.Open(_settings, Server)).Message, StringComparison.Ordinal);
    }
}
