// Measures hnswlib compiled for this very machine, which Debian's Python module is not. peers.py compiles and runs it:
//   hnswlib_bench base=F query=F dim=N metric=M m=N efc=N ef=N,N,.. threads=N build_threads=N clock=C results=F
//                 [filter=F | churn=F]
// base and query are bare float32 rows (normalised already for cosine). For each point it appends the ten ids of every
// query to results (int32, -1 where fewer were found) and prints "STATE EF QPS BUILD_SECONDS BYTES LIVE REACHABLE".
// filter and churn are files that the `ann` command saved (QueryFilters.Save, ChurnPlan.Save); they need hnswlib 0.7
// (HNSWLIB_HAS_FILTERS). After churn comes the state "changed", whose build seconds are those of the changes, then a
// "fresh" graph over the same points; else there is one state, "built".
#include <hnswlib/hnswlib.h>

#include <memory>
#include <set>

#include "bench_protocol.h"

namespace {

using Graph = hnswlib::HierarchicalNSW<float>;

// Points that a search can come to on the lowest level and that are not deleted.
size_t CountReachable(Graph& graph) {
    std::vector<bool> reached(graph.cur_element_count, false);
    std::vector<unsigned> open{graph.enterpoint_node_};
    reached[graph.enterpoint_node_] = true;
    size_t count = 0;
    while (!open.empty()) {
        const unsigned node = open.back();
        open.pop_back();
        if (!graph.isMarkedDeleted(node)) count++;
        unsigned* list = graph.get_linklist0(node);
        for (unsigned i = 1; i <= graph.getListCount(list); i++) {
            if (!reached[list[i]]) {
                reached[list[i]] = true;
                open.push_back(list[i]);
            }
        }
    }
    return count;
}

long SavedBytes(Graph& graph, const std::string& path) {
    graph.saveIndex(path);
    FILE* saved = std::fopen(path.c_str(), "rb");
    std::fseek(saved, 0, SEEK_END);
    const long bytes = std::ftell(saved);
    std::fclose(saved);
    std::remove(path.c_str());
    return bytes;
}

#ifdef HNSWLIB_HAS_FILTERS
using Filter = hnswlib::BaseFilterFunctor;

// One of the sets that queries may see.
class SetFilter : public Filter {
public:
    SetFilter(const int32_t* members, size_t count, size_t end) : bits_((end + 63) / 64) {
        for (size_t i = 0; i < count; i++) bits_[members[i] / 64] |= uint64_t{1} << (members[i] % 64);
    }

    bool operator()(hnswlib::labeltype label) override { return bits_[label / 64] >> (label % 64) & 1; }

private:
    std::vector<uint64_t> bits_;
};
#else
struct Filter;
#endif

class Bench {
public:
    explicit Bench(const Arguments& arguments)
        : arguments_(arguments),
          clock_(arguments.Text("clock")),
          dim_(arguments.Number("dim")),
          base_(ReadAll<float>(arguments.Text("base"))),
          queries_(ReadAll<float>(arguments.Text("query"))),
          query_count_(queries_.size() / dim_),
          threads_(static_cast<int>(arguments.Number("threads"))),
          build_threads_(static_cast<int>(arguments.Number("build_threads"))),
          filters_(query_count_, nullptr),
          results_(std::fopen(arguments.Text("results").c_str(), "wb")) {
        if (arguments.Text("metric") == "euclidean") {
            space_ = std::make_unique<hnswlib::L2Space>(dim_);
        } else {
            space_ = std::make_unique<hnswlib::InnerProductSpace>(dim_);
        }
    }

    ~Bench() { std::fclose(results_); }

    void Run() {
        if (arguments_.Has("churn")) {
            RunChurn();
            return;
        }
        std::vector<int32_t> rows(base_.size() / dim_);
        for (size_t i = 0; i < rows.size(); i++) rows[i] = static_cast<int32_t>(i);
        if (arguments_.Has("filter")) ReadFilters(rows.size());
        auto graph = NewGraph(rows.size());
        const double seconds = Fill(*graph, rows);
        Measure("built", *graph, seconds, rows.size());
    }

private:
    std::unique_ptr<Graph> NewGraph(size_t capacity) {
#ifdef HNSWLIB_HAS_FILTERS
        return std::make_unique<Graph>(space_.get(), capacity, arguments_.Number("m"), arguments_.Number("efc"), 100, arguments_.Has("churn"));
#else
        return std::make_unique<Graph>(space_.get(), capacity, arguments_.Number("m"), arguments_.Number("efc"));
#endif
    }

    const float* Row(int32_t row) const { return base_.data() + row * dim_; }

    // The first point alone, as the library's own Python module does it.
    double Fill(Graph& graph, const std::vector<int32_t>& rows) const {
        double seconds = clock_.ForEach(1, 1, [&](size_t) { graph.addPoint(Row(rows[0]), rows[0]); });
        return seconds + clock_.ForEach(rows.size() - 1, build_threads_, [&](size_t i) { graph.addPoint(Row(rows[i + 1]), rows[i + 1]); });
    }

    void ReadFilters(size_t end) {
#ifdef HNSWLIB_HAS_FILTERS
        const auto file = ReadAll<int32_t>(arguments_.Text("filter"));
        const int32_t* choice = file.data() + 3;
        for (int32_t i = 0; i < file[0]; i++) {
            sets_.push_back(std::make_unique<SetFilter>(choice + query_count_ + static_cast<size_t>(i) * file[1], file[1], end));
        }
        for (size_t q = 0; q < query_count_; q++) filters_[q] = sets_[choice[q]].get();
#else
        (void)end;
        Arguments::Fail("this hnswlib knows no filters");
#endif
    }

    void RunChurn() {
#ifdef HNSWLIB_HAS_FILTERS
        const auto file = ReadAll<int32_t>(arguments_.Text("churn"));
        const size_t count = file[0], steps = file[1];
        const std::vector<int32_t> first(file.begin() + 2, file.begin() + 2 + count);
        const int32_t* step = file.data() + 2 + count;
        std::set<int32_t> live(first.begin(), first.end());
        auto changed = NewGraph(count);
        Fill(*changed, first);
        const double start = clock_.Seconds(1);
        for (size_t i = 0; i < steps; i++, step += 2) {
            changed->markDelete(step[0]);
            changed->addPoint(Row(step[1]), step[1], true);
        }
        const double seconds = clock_.Seconds(1) - start;
        for (step = file.data() + 2 + count; step != file.data() + file.size(); step += 2) {
            live.erase(step[0]);
            live.insert(step[1]);
        }
        Measure("changed", *changed, seconds, live.size());
        changed.reset();
        auto fresh = NewGraph(count);
        const double fresh_seconds = Fill(*fresh, std::vector<int32_t>(live.begin(), live.end()));
        Measure("fresh", *fresh, fresh_seconds, live.size());
#else
        Arguments::Fail("this hnswlib cannot replace deleted points");
#endif
    }

    auto Search(Graph& graph, size_t q) const {
#ifdef HNSWLIB_HAS_FILTERS
        return graph.searchKnn(queries_.data() + q * dim_, kNeighbors, filters_[q]);
#else
        return graph.searchKnn(queries_.data() + q * dim_, kNeighbors);
#endif
    }

    void Measure(const char* state, Graph& graph, double build_seconds, size_t live) {
        const long bytes = SavedBytes(graph, arguments_.Text("results") + ".index");
        const size_t reachable = CountReachable(graph);
        std::vector<int32_t> ids(query_count_ * kNeighbors);
        for (const auto& ef : arguments_.List("ef", ',')) {
            graph.setEf(std::max<size_t>(kNeighbors, std::strtoul(ef.c_str(), nullptr, 10)));
            const double qps = clock_.QueriesPerSecond(query_count_, threads_, [&](size_t q) {
                auto found = Search(graph, q);
                std::fill_n(ids.begin() + q * kNeighbors, kNeighbors, -1);
                for (size_t i = found.size(); i-- > 0; found.pop()) ids[q * kNeighbors + i] = static_cast<int32_t>(found.top().second);
            });
            std::fwrite(ids.data(), sizeof(int32_t), ids.size(), results_);
            std::printf("%s %s %.1f %.2f %ld %zu %zu\n", state, ef.c_str(), qps, build_seconds, bytes, live, reachable);
            std::fflush(stdout);
        }
    }

    const Arguments& arguments_;
    Clock clock_;
    size_t dim_;
    std::vector<float> base_;
    std::vector<float> queries_;
    size_t query_count_;
    int threads_;
    int build_threads_;
    std::vector<Filter*> filters_;
#ifdef HNSWLIB_HAS_FILTERS
    std::vector<std::unique_ptr<SetFilter>> sets_;
#endif
    FILE* results_;
    std::unique_ptr<hnswlib::SpaceInterface<float>> space_;
};

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments(argc, argv);
    Bench(arguments).Run();
    return 0;
}
